"""Training, compression, calibration and export of Pneumolight's classifier.

The path of a film is one straight line here too: ``films`` finds and caches
it, ``preprocess`` makes the network's input from it, ``network`` classifies
it, ``train`` fits the weights, ``export`` writes ONNX, ``calibrate`` chooses
temperature and thresholds, ``gate`` learns what is not a frontal chest film,
``card`` writes the figures down.
"""
