"""Many people ask at once: is every answer still the right one, how long do they wait, what does the server need?"""
