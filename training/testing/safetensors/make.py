"""Writes the fixtures with the Python library (safetensors 0.8.0, numpy): python3 make.py, in this folder."""
import numpy as np
from safetensors.numpy import save_file

kernel = (np.arange(12, dtype=np.float32).reshape(4, 3) - 5) / 7
bias = np.array([0.0, -0.0, 1e-45], dtype=np.float32)
save_file({"layers.0.kernel": kernel, "layers.0.bias": bias}, "float32.safetensors", metadata={"made_by": "Python"})
save_file({"bias": bias.astype(np.float16), "kernel": kernel}, "float16.safetensors")
save_file({"scalar": np.array(2.5, np.float32), "empty": np.zeros((0, 3), np.float32)}, "shapes.safetensors")
