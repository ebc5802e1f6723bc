from analytics.models.question import QuestionItem, QuestionRun
from analytics.models.rollup import Bucket, CallBucket, ChangedHour, HeatBucket, RollupState, SpeedBucket, StepBucket, TallyBucket

__all__ = [
    "Bucket",
    "CallBucket",
    "ChangedHour",
    "HeatBucket",
    "QuestionItem",
    "QuestionRun",
    "RollupState",
    "SpeedBucket",
    "StepBucket",
    "TallyBucket",
]
