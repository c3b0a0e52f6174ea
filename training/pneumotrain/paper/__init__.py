"""The paper's compression, step by step (Yang et al. 2022, doi 10.1155/2022/8415187).

ResNet50, an L1 term on BatchNorm weights, hierarchical channel pruning, ghost
convolutions, fine-tuning. What the paper's abstract does not say (ghost
ratio and kernel, the order of small steps, epochs) is chosen here so that its
counts come out: 3.455 M parameters and 523 M FLOPs at a pruning rate of 90 %.
"""
