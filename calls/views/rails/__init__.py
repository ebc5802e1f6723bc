"""The pages of guard rails, below /guard-rails/. With calls, since they show trips and past calls."""
