"""A file that computes with arrays has matrices, and the parameters of its library."""
#! measure case_violations = 1
#! measure unclear_names = 1

import numpy as np
import torch.nn.functional as F
import xml.etree.ElementTree as ET


def solve(A, b_vector, C=1.0):
    U, S, Vt = np.linalg.svd(A)  #! N806: `Vt`
    W_hidden = F.relu(C * U @ S)
    return W_hidden, ET.dump(Vt), b_vector


def load(p):  #! single-letter
    return np.load(p)
