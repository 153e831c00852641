"""The compiled part: decoding, insertion and search over arrays that Python owns. c/ has the sources, in C17."""
