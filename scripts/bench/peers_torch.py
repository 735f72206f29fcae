"""Peers on PyTorch: plain eager, compiled in parts or as one graph, many seeds at once, and Hugging Face's GPT-NeoX."""
import re

import torch
import torch.nn as nn
import torch.nn.functional as F

import peers_problem as problem
from peers_problem import Peer

POPULATION_WIDTH = 1024  # of all seeds together: autograd keeps their activations


class Block(nn.Module):
    def __init__(self, shape):
        super().__init__()
        D = shape.D
        self.norm1, self.norm2 = nn.LayerNorm(D), nn.LayerNorm(D)
        self.qkv, self.out = nn.Linear(D, 3 * D), nn.Linear(D, D)
        self.up, self.down = nn.Linear(D, 4 * D), nn.Linear(4 * D, D)
        self.heads = D // shape.K

    def forward(self, x, cos, sin):
        y = self.attend(self.qkv(self.norm1(x)), cos, sin)
        return x + self.out(y) + self.down(F.gelu(self.up(self.norm2(x))))

    def attend(self, qkv, cos, sin):  # [B, T, 3D] -> [B, T, D]
        B, T, _ = qkv.shape

        def rotate(y):  # [B, H, T, K]
            turned, passed = y.split([cos.shape[-1], y.shape[-1] - cos.shape[-1]], -1)
            first, second = turned.chunk(2, -1)
            return torch.cat([turned * cos + torch.cat([-second, first], -1) * sin, passed], -1)

        q, k, v = qkv.view(B, T, self.heads, -1).transpose(1, 2).chunk(3, -1)  # [B, H, T, K] each
        y = F.scaled_dot_product_attention(rotate(q).to(v.dtype), rotate(k).to(v.dtype), v, is_causal=True)
        return y.transpose(1, 2).reshape(B, T, -1)


class Stacked(nn.Module):
    """A linear layer, norm or embedding of S seeds, each with weights of its own: the module's, stacked."""

    def __init__(self, modules):
        super().__init__()
        self.kind, self.size = type(modules[0]), getattr(modules[0], "normalized_shape", None)
        for name in dict(modules[0].named_parameters()):
            self.register_parameter(name, nn.Parameter(torch.stack([getattr(one, name).detach() for one in modules])))

    def forward(self, x):  # [S, N, in], or tokens [S, N]
        if self.kind is nn.Embedding:
            S, V, D = self.weight.shape
            return F.embedding(x + V * torch.arange(S, device=x.device).unsqueeze(1), self.weight.view(S * V, D))
        if self.kind is nn.LayerNorm:
            return F.layer_norm(x, self.size) * self.weight.unsqueeze(1) + self.bias.unsqueeze(1)
        product = torch.bmm(x, self.weight.transpose(1, 2))
        return product + self.bias.unsqueeze(1) if hasattr(self, "bias") else product


class Population(nn.Module):
    """S models at once, their products as batches of products.   tokens [S, B, T] -> logits [S, B, T, V]"""

    def __init__(self, models):
        super().__init__()
        self.attend, self.tables = models[0].blocks[0].attend, (models[0].cos, models[0].sin)  # they have no weights

        def stacked(name):
            return Stacked([model.get_submodule(name) for model in models])

        self.embed, self.norm, self.head = stacked("embed"), stacked("norm"), stacked("head")
        self.layers = nn.ModuleList(
            nn.ModuleDict({name: stacked(f"blocks.{i}.{name}") for name in ("norm1", "norm2", "qkv", "out", "up", "down")})
            for i in range(len(models[0].blocks)))

    def forward(self, tokens):
        S, B, T = tokens.shape
        x = self.embed(tokens.view(S, B * T))
        for layer in self.layers:
            y = self.attend(layer["qkv"](layer["norm1"](x)).view(S * B, T, -1), *self.tables)
            x = x + layer["out"](y.view(S, B * T, -1)) + layer["down"](F.gelu(layer["up"](layer["norm2"](x))))
        return self.head(self.norm(x)).view(S, B, T, -1)


class Model(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.embed = nn.Embedding(shape.V, shape.D)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.L))
        self.norm, self.head = nn.LayerNorm(shape.D), nn.Linear(shape.D, shape.V, bias=False)
        for name, table in zip(("cos", "sin"), problem.rotary_tables(shape)):
            self.register_buffer(name, torch.from_numpy(table), persistent=False)

    def forward(self, tokens):
        x = self.embed(tokens)
        for block in self.blocks:
            x = block(x, self.cos, self.sin)
        return self.head(self.norm(x))


class TorchPeers:
    def __init__(self, shape, device):
        self.shape, self.device = shape, device

    def eager(self, precision, seed=0):
        return self._trained(self._model(seed), precision, seed=seed)

    def compiled(self, precision, mode=None):
        return self._trained(self._model(), precision, compile=lambda f: torch.compile(f, mode=mode))

    def transformers(self, precision):
        model = self._transformers_model()
        return self._trained(lambda tokens: model(input_ids=tokens).logits, precision, list(model.parameters()))

    def captured(self, precision):
        """The usual step as one CUDA graph."""
        model = self._model()
        data = self._batches(0)
        return self._in_one_graph(self._loss(model, precision), precision, model, data, seeds=1)

    def population(self, precision, seeds):
        """The same of several seeds at once."""
        model = Population([self._model(seed) for seed in range(seeds)])
        data = [[torch.stack(of_seeds) for of_seeds in zip(*batch)] for batch in zip(*map(self._batches, range(seeds)))]

        def losses_of(tokens, targets):
            with torch.autocast(self.device, torch.bfloat16, enabled=precision == "bf16"):
                logits = model(tokens)
            losses = F.cross_entropy(logits.float().view(-1, self.shape.V), targets.view(-1), reduction="none",
                                     ignore_index=problem.IGNORED).view(seeds, -1)
            return losses.sum(1) / (targets != problem.IGNORED).view(seeds, -1).sum(1)

        return self._in_one_graph(losses_of, precision, model, data, seeds)

    def _in_one_graph(self, loss_of, precision, model, data, seeds):
        parameters = list(model.parameters())
        rate = torch.tensor(problem.rate(0), device=self.device)
        optimizer = torch.optim.AdamW(parameters, lr=rate, betas=(problem.BETA1, problem.BETA2), eps=problem.EPSILON,
                                      weight_decay=problem.WEIGHT_DECAY, fused=True, capturable=self.device == "cuda")
        tokens, targets = (x.clone() for x in data[0])
        start = [p.detach().clone() for p in parameters]

        def clip():  # each seed by its own norm
            norms = torch.stack([p.grad.square().view(seeds, -1).sum(1) for p in parameters]).sum(0).sqrt()
            factors = (problem.CLIP_NORM / (norms + 1e-6)).clamp(max=1.0)
            for p in parameters:
                p.grad.mul_(factors.view(-1, *[1] * (p.dim() - 1)) if seeds > 1 else factors)

        def update():
            optimizer.zero_grad(set_to_none=True)
            loss = loss_of(tokens, targets)
            loss.sum().backward()
            with torch.no_grad():
                clip()
            optimizer.step()
            return loss.detach()

        replay = update
        if self.device == "cuda":
            torch.set_float32_matmul_precision("high" if precision == "tf32" else "highest")
            stream, graph = torch.cuda.Stream(), torch.cuda.CUDAGraph()
            stream.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(stream):
                for _ in range(3):  # libraries make their working memory in the first runs
                    update()
            torch.cuda.current_stream().wait_stream(stream)
            with torch.cuda.graph(graph):
                loss = update()
            with torch.no_grad():  # in place, as the graph knows them
                for p, first in zip(parameters, start):
                    p.copy_(first)
                for state in optimizer.state.values():
                    for x in state.values():
                        x.zero_()

            def replay():
                graph.replay()
                return loss

        def step(i):
            rate.fill_(problem.rate(i))
            for here, there in zip((tokens, targets), data[i % problem.BATCHES]):
                here.copy_(there)
            return replay().clone()

        return Peer(step, lambda loss: loss.view(-1).tolist(), seeds)

    def compiled_step(self, precision, mode=None):
        """Forward, backward, clip and AdamW as one graph: gradients as a function, the update written out."""
        model = self._model()
        loss_of = self._loss(lambda tokens, values: torch.func.functional_call(model, values, (tokens,)), precision)
        values = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}
        means, squares = ({name: torch.zeros_like(x) for name, x in values.items()} for _ in range(2))
        for tensor in (*values.values(), *means.values(), *squares.values()):
            torch._dynamo.mark_static_address(tensor)  # else a CUDA graph may not write to them
        beta1, beta2 = problem.BETA1, problem.BETA2

        def update(values, means, squares, factors, tokens, targets):
            gradients, loss = torch.func.grad_and_value(lambda x: loss_of(tokens, targets, x))(values)
            norm = sum(g.square().sum() for g in gradients.values()).sqrt()
            clip = (problem.CLIP_NORM / (norm + 1e-6)).clamp(max=1.0)
            rate, correction1, correction2 = factors
            for name, x in values.items():
                g = gradients[name] * clip
                mean = beta1 * means[name] + (1 - beta1) * g
                square = beta2 * squares[name] + (1 - beta2) * g * g
                change = mean * correction1 / (square.sqrt() * correction2 + problem.EPSILON)
                x.copy_(x * (1 - rate * problem.WEIGHT_DECAY) - rate * change)
                means[name].copy_(mean)
                squares[name].copy_(square)
            return loss

        compiled = torch.compile(update, mode=mode)
        data = self._batches(0)

        def step(i):
            factors = torch.tensor(problem.adam_factors(i), pin_memory=self.device == "cuda")
            factors = factors.to(self.device, non_blocking=True)  # from pinned memory: the host does not wait
            return compiled(values, means, squares, factors, *data[i % problem.BATCHES])

        return self._peer(step, precision)

    def _trained(self, model, precision, parameters=None, compile=lambda f: f, seed=0):
        """The usual loop around `model`: loss (compiled or not), backward, clip, fused AdamW."""
        parameters = parameters or list(model.parameters())
        optimizer = torch.optim.AdamW(parameters, lr=problem.rate(0), betas=(problem.BETA1, problem.BETA2),
                                      eps=problem.EPSILON, weight_decay=problem.WEIGHT_DECAY, fused=True)
        loss_of = compile(self._loss(model, precision))
        data = self._batches(seed)

        def step(i):
            optimizer.param_groups[0]["lr"] = problem.rate(i)
            loss = loss_of(*data[i % problem.BATCHES])
            loss.backward()
            nn.utils.clip_grad_norm_(parameters, problem.CLIP_NORM)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            return loss.detach()

        return self._peer(step, precision)

    def _peer(self, step, precision):
        def exact_step(i):
            torch.set_float32_matmul_precision("high" if precision == "tf32" else "highest")
            return step(i)

        return Peer(exact_step, lambda loss: [loss.item()])

    def _loss(self, model, precision):
        def loss_of(tokens, targets, *more):
            with torch.autocast(self.device, torch.bfloat16, enabled=precision == "bf16"):
                logits = model(tokens, *more)
            logits = logits.float().view(-1, self.shape.V)
            return F.cross_entropy(logits, targets.view(-1), ignore_index=problem.IGNORED)

        return loss_of

    def _model(self, seed=0):
        model = Model(self.shape)
        model.load_state_dict({name: torch.from_numpy(x) for name, x in problem.weights(self.shape, seed).items()})
        return model.to(self.device)

    def _batches(self, seed):
        return list(zip(*(torch.from_numpy(x).to(self.device) for x in problem.batches(self.shape, seed))))

    def _transformers_model(self):
        from transformers import GPTNeoXConfig, GPTNeoXForCausalLM

        V, D, L, K, _, T = vars(self.shape).values()
        model = GPTNeoXForCausalLM._from_config(GPTNeoXConfig(
            vocab_size=V, hidden_size=D, num_hidden_layers=L, num_attention_heads=D // K, intermediate_size=4 * D,
            hidden_act="gelu", layer_norm_eps=1e-5, use_parallel_residual=True, tie_word_embeddings=False,
            attention_dropout=0.0, hidden_dropout=0.0, use_cache=False, max_position_embeddings=T,
            rope_parameters={"rope_type": "default", "rope_theta": 10000.0, "partial_rotary_factor": 0.25}),
            attn_implementation="sdpa").float()
        head = next(name for name in ("lm_head", "embed_out") if hasattr(model, name))  # renamed in transformers 5
        theirs = {"embed": "gpt_neox.embed_in", "norm": "gpt_neox.final_layer_norm", "head": head}
        for layer in range(L):
            theirs |= {f"blocks.{layer}.{ours}": f"gpt_neox.layers.{layer}.{name}" for ours, name in {
                "norm1": "input_layernorm", "norm2": "post_attention_layernorm", "qkv": "attention.query_key_value",
                "out": "attention.dense", "up": "mlp.dense_h_to_4h", "down": "mlp.dense_4h_to_h"}.items()}
        model.load_state_dict({re.sub(r"^(.*)\.", lambda m: theirs[m[1]] + ".", name): torch.from_numpy(x)
                               for name, x in problem.weights(self.shape, 0).items()})
        return model.train().to(self.device)


def peers(shape, device):
    """Name -> function of the precision that makes the peer."""
    torch.set_num_threads(1)
    make = TorchPeers(shape, device)
    out = {"torch eager": make.eager, "torch compiled": make.compiled, "torch compiled step": make.compiled_step,
           "transformers eager": make.transformers}
    if device == "cuda":
        seeds = max(2, POPULATION_WIDTH // shape.D)
        out |= {"torch eager, CUDA graph": make.captured,
                f"torch population of {seeds} seeds, CUDA graph": lambda precision: make.population(precision, seeds),
                "torch compiled, max-autotune": lambda precision: make.compiled(precision, "max-autotune"),
                "torch compiled, CUDA graphs": lambda precision: make.compiled(precision, "reduce-overhead"),
                "torch compiled step, CUDA graph": lambda precision: make.compiled_step(precision, "reduce-overhead")}
    return out


def reference(shape, device, seed):
    """The peer that says what the losses of a seed are: plain eager in fp32."""
    return TorchPeers(shape, device).eager("fp32", seed)
