namespace FineTuneFlow.Encoders.Checkpoints;

/// <summary>The shapes of model that load; in config.json their <c>model_type</c>.</summary>
public enum EncoderArchitecture { Bert, DistilBert }
