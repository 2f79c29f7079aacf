using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace FineTuneFlow.Api.Agents;

/// <summary>The library's endpoint for the Model Context Protocol over streamable HTTP, without a session, taken out of ASP.NET Core's
/// routing: both hosts have routes, keys and problem details of their own, and hand it the request.</summary>
public sealed class McpEndpoint
{
    private readonly RequestDelegate _answer;

    public McpEndpoint(IServiceProvider services)
    {
        var routes = new Routes(services);
        routes.MapMcp("/");
        _answer = routes.DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Single(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains(HttpMethods.Post) == true).RequestDelegate!;
    }

    public Task AnswerAsync(HttpContext context) => _answer(context);

    private sealed class Routes(IServiceProvider services) : IEndpointRouteBuilder
    {
        public IServiceProvider ServiceProvider => services;

        public ICollection<EndpointDataSource> DataSources { get; } = [];

        public IApplicationBuilder CreateApplicationBuilder() => new ApplicationBuilder(services);
    }
}
