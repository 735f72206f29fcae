// The files of assets.h as they are, each between two names. CMake says where they lie.

  .section .rodata

  .global seedscape_vega_begin
  .global seedscape_vega_end
seedscape_vega_begin:
  .incbin VEGA_FILE
seedscape_vega_end:

  .global seedscape_page_script_begin
  .global seedscape_page_script_end
seedscape_page_script_begin:
  .incbin PAGE_SCRIPT_FILE
seedscape_page_script_end:

  .global seedscape_page_style_begin
  .global seedscape_page_style_end
seedscape_page_style_begin:
  .incbin PAGE_STYLE_FILE
seedscape_page_style_end:

  .section .note.GNU-stack,"",%progbits
