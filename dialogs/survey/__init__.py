"""The rest of the first survey sheet (訪問調査票 初回用), section by section, whenever the person likes."""
