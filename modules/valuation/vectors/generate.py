"""Writes pydvl-iris.csv and pydvl-wine.csv beside it: pip install pydvl==0.10.0 scikit-learn==1.9.1

Features are scaled to whole numbers from 0 to 10,000 and moved by up to 20 (seed 7), so that no two distances from a row
of the shard are equal: pyDVL leaves the order of such rows open. Even rows train, odd rows are the shard; K = 5.
"""
import csv, sys
from pathlib import Path

import numpy as np
from pydvl.valuation import Dataset, KNNShapleyValuation
from sklearn.datasets import load_iris, load_wine
from sklearn.neighbors import KNeighborsClassifier

here = Path(__file__).parent
for name, load in (("iris", load_iris), ("wine", load_wine)):
    x, y = load(return_X_y=True)
    low, high = x.min(axis=0), x.max(axis=0)
    x = np.floor((x - low) / (high - low) * 10_000).astype(int) + np.random.default_rng(7).integers(-20, 21, x.shape)
    train, shard = slice(0, None, 2), slice(1, None, 2)
    for row in x[shard]:
        squares = ((x[train] - row) ** 2).sum(axis=1)
        if len(set(squares)) < len(squares):
            sys.exit(f"{name}: equal distances")
    valuation = KNNShapleyValuation(KNeighborsClassifier(n_neighbors=5), Dataset(x[shard], y[shard]), progress=False)
    valuation.fit(Dataset(x[train], y[train]))
    values = {int(i): v for i, v in zip(valuation.result.indices, valuation.result.values)}
    with open(here / f"pydvl-{name}.csv", "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        for at, (row, label) in enumerate(zip(x, y)):
            value = f"{values[at // 2]:.12f}" if at % 2 == 0 else ""
            out.writerow([label, *row, value])
