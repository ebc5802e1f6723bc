"""The Analytics page as finished objects: `build` puts it together, each other module makes a part of it from figures."""
