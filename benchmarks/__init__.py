"""Side-by-side measurements, run by hand: `README.md` says how."""
