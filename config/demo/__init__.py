"""The demo: people, goods, streets and a few stories, made through the services like everything else."""
