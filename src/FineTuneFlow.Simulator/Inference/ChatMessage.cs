namespace FineTuneFlow.Simulator.Inference;

internal readonly record struct ChatMessage(string Role, string Content);
