"""A kernel by its command line. What lies beside it or beside the notebook is not looked at before it has started."""

import sys
from importlib import import_module

if not sys.flags.safe_path:
    del sys.path[0]  # our own folder; a kernel adds that of its notebook
import_module("mathpost.notebooks.kernel_process").KernelProcess.launch_instance()
