"""Examples in, a promoted or refused model out: no Flask, no SQL."""
