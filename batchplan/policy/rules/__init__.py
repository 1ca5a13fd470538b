"""Rules, a package for each family; every module holds one or a few that share a theme."""
