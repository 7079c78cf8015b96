"""The JupyterLab of `make lab`: it opens the first lesson and asks nothing of
anybody outside."""

import os

c = get_config()  # noqa: F821 - jupyter defines it

c.LabApp.default_url = "/lab/tree/en/00_start.ipynb"
c.LabApp.extension_manager = "readonly"
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
# In a container the user is root, and jupyter would refuse to start.
c.ServerApp.allow_root = hasattr(os, "geteuid") and os.geteuid() == 0
