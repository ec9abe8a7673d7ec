"""The commands of `build.py`: each reads its options and gives an exit status."""
