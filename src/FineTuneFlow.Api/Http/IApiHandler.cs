using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Http;

/// <summary>One route's work. Takes what both hosts have (ASP.NET Core's request, with its route values) and gives what both
/// can send. Failures are thrown as <see cref="Core.Failures.FlowException"/> and told by <see cref="ApiCall"/>.</summary>
public interface IApiHandler
{
    Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation);
}
