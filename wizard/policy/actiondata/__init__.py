"""The generated tables of AWS actions (JSON), and the generator that makes them."""
