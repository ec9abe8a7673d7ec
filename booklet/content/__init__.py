"""Files under `proposals/` → what people write, with a position for every value and every fault."""
