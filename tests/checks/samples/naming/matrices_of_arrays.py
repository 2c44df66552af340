"""A file that computes with arrays has matrices, and the parameters of its library."""
#! measure case_violations = 1
#! measure unclear_names = 2

import numpy as np
import torch.nn.functional as F
import xml.etree.ElementTree as ET


def solve(A, b_vector, C=1.0):
    U, S, Vt = np.linalg.svd(A)  #! N806: `Vt`
    W_hidden = F.relu(C * U @ S)
    return W_hidden, ET.dump(Vt), b_vector


def blend(images, weights):
    w = weights[0]
    t = np.ones(3)
    image = w * images[0]
    return image + t


def mark(images, s):  #! single-letter
    images["name"] = "image " + s
    return images


def load(p):  #! single-letter
    return np.load(p)
