namespace FineTuneFlow.Trainer.Data;

/// <summary>A text in pieces with the number of its label.</summary>
internal sealed record TrainingRow(int[] Pieces, int Label);
