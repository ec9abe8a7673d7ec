"""Dated parameters of the law (`fr/*.yaml`), and how they are looked up."""
