"""Pictures of the real page: ten states, each at two widths and in both themes, to look at beside a design.

`make screenshots` writes them to `screenshots/`, which git ignores; `make readme-pictures` writes the README's four to
`assets/readme/`. The videos are the animatic's. The hosted provider of some states is the fake of the tests: nothing
is sent anywhere, and nothing is paid.
"""
