using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Workflow.Rescue;

/// <summary>Asks for successors of a champion.</summary>
/// <param name="Recipe">What to train and to judge by; its dataset is not read, as the kept rows are. Null: what can be trained today.</param>
public sealed record RescueOrder(Recipe? Recipe);
