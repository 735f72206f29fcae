// A libcuda.so.1 with nothing in it: a machine with an NVIDIA driver, but no GPU that one can use.

extern "C" int seedscape_fake_driver() { return 0; }
