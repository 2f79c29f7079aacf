namespace FineTuneFlow.Api.Dashboard;

/// <summary>What the pages have to know before they ask for anything: <c>GET /ui/session</c>.</summary>
/// <param name="Access">How this reader gets in.</param>
/// <param name="Api">Where the API's routes stand for the pages: <c>/api</c>, or <c>/ui/api</c> for whoever is signed in.</param>
/// <param name="Version">Of the product.</param>
/// <param name="Name">Who is signed in.</param>
/// <param name="SignIn">Where to sign in; the page's own address is appended.</param>
/// <param name="SignOut">Where to sign out.</param>
public sealed record PageSession(
    PageAccess Access, string Api, string Version, string? Name = null, string? SignIn = null, string? SignOut = null);

public enum PageAccess
{
    /// <summary>The loopback address without a key.</summary>
    Open,
    /// <summary>The page asks for the key and keeps it for the session.</summary>
    Key,
    /// <summary>The platform's sign-in is on, and nobody is signed in.</summary>
    SignIn,
    /// <summary>Somebody is signed in.</summary>
    SignedIn,
}
