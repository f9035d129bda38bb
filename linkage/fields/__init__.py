"""Records of any source -> fixed-width rows of codes."""
