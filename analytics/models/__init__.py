from analytics.models.rollup import Bucket, CallBucket, ChangedHour, HeatBucket, RollupState, SpeedBucket, StepBucket, TallyBucket

__all__ = ["Bucket", "CallBucket", "ChangedHour", "HeatBucket", "RollupState", "SpeedBucket", "StepBucket", "TallyBucket"]
