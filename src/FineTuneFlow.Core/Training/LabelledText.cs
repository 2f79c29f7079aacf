namespace FineTuneFlow.Core.Training;

/// <summary>One example for a classifier that is trained in process.</summary>
/// <param name="Text">What is classified.</param>
/// <param name="Label">The right answer.</param>
public readonly record struct LabelledText(string Text, string Label);
