using System.Collections.Frozen;
using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;

namespace FineTuneFlow.Api.Dashboard;

/// <summary>The pages, built from <c>src/dashboard</c> into this assembly's resources. Where the build had no npm, one page
/// stands in their place that says how to get them.</summary>
public static class DashboardFiles
{
    private const string Prefix = "dashboard/";
    private const string HashedFolder = "assets/";
    private const string Entry = "index.html";

    private static readonly Assembly Here = typeof(DashboardFiles).Assembly;

    private static readonly Lazy<FrozenDictionary<string, DashboardFile>> All = new(() => Here.GetManifestResourceNames()
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
        .ToFrozenDictionary(name => name[Prefix.Length..].Replace('\\', '/'), Read));

    private static readonly Lazy<DashboardFile> NotBuilt = new(() =>
    {
        using var compressed = new MemoryStream();
        using (var writing = new BrotliStream(compressed, CompressionLevel.Optimal))
        using (Stream page = Here.GetManifestResourceStream("not-built.html")!)
        {
            page.CopyTo(writing);
        }

        return Make(Entry, compressed.ToArray());
    });

    /// <summary>Of the product.</summary>
    public static string Version { get; } =
        Here.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    /// <summary>Whether the build of this assembly had npm.</summary>
    public static bool AreBuilt => All.Value.ContainsKey(Entry);

    /// <summary>What is shown at a page's address: the one document from which the pages find their own way.</summary>
    public static DashboardFile Page => All.Value.GetValueOrDefault(Entry) ?? NotBuilt.Value;

    /// <summary>The file at a path under <c>/ui/</c>; the page where there is none; null for a missing file that only an older
    /// page can ask for.</summary>
    public static DashboardFile? Find(string path) =>
        All.Value.GetValueOrDefault(path) ?? (path.StartsWith(HashedFolder, StringComparison.Ordinal) ? null : Page);

    private static DashboardFile Read(string name)
    {
        using var bytes = new MemoryStream();
        using Stream resource = Here.GetManifestResourceStream(name)!;
        resource.CopyTo(bytes);
        return Make(name[Prefix.Length..].Replace('\\', '/'), bytes.ToArray());
    }

    private static DashboardFile Make(string path, byte[] brotli) => new(
        MediaTypeOf(path),
        brotli,
        $"\"{Convert.ToHexStringLower(SHA256.HashData(brotli))[..24]}\"",
        path.StartsWith(HashedFolder, StringComparison.Ordinal));

    private static string MediaTypeOf(string path) => Path.GetExtension(path) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml; charset=utf-8",
        ".json" => "application/json; charset=utf-8",
        var other => throw new InvalidOperationException($"The pages hold a file of an unknown kind: {other}"),
    };
}
