"""The storyboard: a film's animatic, drawn from a request without any model.

`render.draw_storyboard` runs in the worker process and is the only way in. Read in this order::

    shots.py      the prompt cut into shots, and how many frames each gets
    camera.py     camera words, and where the camera stands at a moment
    words.py      place and light, read from the prompt
    planes.py     pictures as YUV 4:2:0 planes, and the canvas they are put on
    noise.py  sky.py  terrain.py  skyline.py  scenery.py     landscapes, painted once a shot
    atmosphere.py what floats in the air, and the shade at the edges
    lettering.py  card.py     fonts, lines, the words and figures on the picture
    media_files.py  panels.py  reference files: opened, fitted, laid out
    scenes.py     one shot: what is under the words
    sound.py      the sound track
    encode.py     H.264 and AAC in an mp4
    render.py     the whole

Lengths are in pixels and frames (24 a second) unless a name says otherwise. Every random number comes from
the seed and the prompt, so that a request with a seed gives the same frames again.
"""
