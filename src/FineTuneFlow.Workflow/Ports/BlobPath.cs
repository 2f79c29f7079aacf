using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Workflow.Ports;

/// <summary>Address of a blob: a container and a name inside it. Names that come from outside are checked here, once.</summary>
public sealed record BlobPath
{
    private BlobPath(string container, string name) => (Container, Name) = (container, name);

    public string Container { get; }

    /// <summary>Segments separated by '/', none of them empty, "." or "..".</summary>
    public string Name { get; }

    /// <summary>From "container/name".</summary>
    /// <exception cref="FlowException">InvalidInput: not a path of that form.</exception>
    public static BlobPath Parse(string path)
    {
        int slash = path.IndexOf('/', StringComparison.Ordinal);
        return slash < 1
            ? throw Invalid(path, "expected container/name")
            : Of(path[..slash], path[(slash + 1)..]);
    }

    public static BlobPath Of(string container, string name)
    {
        if (container.Length is < 3 or > 63 || !container.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
        {
            throw Invalid($"{container}/{name}", "the container must be 3 to 63 lower-case letters, digits or dashes");
        }

        if (name.Length is 0 or > 900 || name.Any(c => char.IsControl(c) || c == '\\')
            || name.Split('/').Any(segment => segment is "" or "." or ".."))
        {
            throw Invalid($"{container}/{name}", "the name must be segments separated by '/', without '..', back-slashes or control characters");
        }

        return new BlobPath(container, name);
    }

    public override string ToString() => $"{Container}/{Name}";

    private static FlowException Invalid(string path, string expected) =>
        new(new Failure(FailureKind.InvalidInput, $"\"{Printable(path)}\" is not a blob path: {expected}", "Give container/name, such as drops/reviews/june.csv"));

    private static string Printable(string path) =>
        new([.. path.Take(120).Select(c => char.IsControl(c) ? '?' : c)]);
}
