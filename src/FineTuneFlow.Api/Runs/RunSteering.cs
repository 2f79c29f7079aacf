namespace FineTuneFlow.Api.Runs;

/// <param name="Approved">True: go on and spend; false: end unspent.</param>
/// <param name="By">Who decides, for the record.</param>
/// <param name="Comment">Kept with the decision.</param>
public sealed record ApprovalRequest(bool Approved = true, string? By = null, string? Comment = null);

/// <param name="By">Who asks, for the record.</param>
/// <param name="Reason">Why.</param>
public sealed record SteeringRequest(string? By = null, string? Reason = null);
