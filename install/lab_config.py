"""The JupyterLab of `make lab`: it opens the first lesson and asks nothing of
anybody outside."""

import os

c = get_config()  # noqa: F821 - jupyter defines it

c.LabApp.default_url = "/lab/tree/en/00_start.ipynb"
c.LabApp.extension_manager = "readonly"
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"



def quiet(handler, page_config):
    """Without the plugin that asks whether it may fetch news."""
    disabled = page_config.get("disabledExtensions", [])
    page_config["disabledExtensions"] = [*disabled, "@jupyterlab/apputils-extension:announcements"]
    return page_config


c.ServerApp.tornado_settings = {"page_config_hook": quiet}
# In a container the user is root, and jupyter would refuse to start.
c.ServerApp.allow_root = hasattr(os, "geteuid") and os.geteuid() == 0
