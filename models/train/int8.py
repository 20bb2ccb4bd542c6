"""Matrices in 8 bits, as the engine reads them from model.safetensors.

The form is `int-quantized` of compressed-tensors: whole numbers `NAME` (I8, `[rows, columns]`), their scales `NAME_scale` (F16 or
F32, `[rows, groups]`), and where zero is not stored as 0 zero points `NAME_zero_point` (I8, `[rows, groups]`). Scale and zero
point belong to `columns / groups` neighbours of a row. A number is `(whole number - zero point) * scale`, multiplied in f32.
Everything that is no matrix stays a float.
"""

import numpy as np


def widen(numbers, scale, zero_point=None):
    """The f32 matrix that the engine computes with."""
    rows, columns = numbers.shape
    blocks = numbers.reshape(rows, scale.shape[1], -1).astype(np.float32)
    if zero_point is not None:
        blocks = blocks - zero_point.astype(np.float32)[:, :, None]
    return (blocks * scale.astype(np.float32)[:, :, None]).reshape(rows, columns)


def widened(tensors):
    """All tensors of a file in f32, the matrices in 8 bits multiplied out; `tensors` are arrays by name."""
    out = {}
    for name, value in tensors.items():
        if name.removesuffix("_scale").removesuffix("_zero_point") != name:
            continue
        whole = value.dtype == np.int8
        out[name] = widen(value, tensors[f"{name}_scale"], tensors.get(f"{name}_zero_point")) if whole else value.astype(np.float32)
    return out


def narrowed(matrix, groups=1):
    """Whole numbers and f16 scales of a matrix, without zero points: the largest of each group becomes 127 or a little less."""
    rows, columns = matrix.shape
    blocks = matrix.astype(np.float32).reshape(rows, groups, columns // groups)
    scale = (np.maximum(np.abs(blocks).max(2), 1e-6) / 126.9).astype(np.float16)
    numbers = np.rint(blocks / scale.astype(np.float32)[:, :, None])
    return np.clip(numbers, -127, 127).astype(np.int8).reshape(rows, columns), scale
