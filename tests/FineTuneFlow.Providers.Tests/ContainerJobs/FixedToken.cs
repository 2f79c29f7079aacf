using Azure.Core;

namespace FineTuneFlow.Providers.Tests.ContainerJobs;

/// <summary>An identity that always has the same token.</summary>
internal sealed class FixedToken : TokenCredential
{
    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        requestContext.Scopes.ShouldHaveSingleItem().ShouldEndWith("/.default");
        return new AccessToken("fixed-token", DateTimeOffset.MaxValue);
    }

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        new(GetToken(requestContext, cancellationToken));
}
