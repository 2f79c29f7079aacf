namespace FineTuneFlow.Workflow.Rescue;

/// <summary>A fine-tune that a key can see, and how long it still answers.</summary>
/// <param name="Provider">As configured.</param>
/// <param name="Model">As it is asked.</param>
/// <param name="BaseModel">With which it ends.</param>
/// <param name="EndsOn">The first day on which it no longer answers; null: none is announced.</param>
/// <param name="DaysLeft">Days until then; null with <paramref name="EndsOn"/>.</param>
public sealed record DyingModel(string Provider, string Model, string BaseModel, DateOnly? EndsOn, int? DaysLeft);
