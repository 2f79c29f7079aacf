#:property PublishAot=false

// How the folders of src/ hang together, read from the text of the files.
//   dotnet run benchmarks/structure/folders.cs -- circles     folders of one project that need each other
//   dotnet run benchmarks/structure/folders.cs -- public      public types that no other project names
//   dotnet run benchmarks/structure/folders.cs -- sizes       lines and files of each project
// A second argument names another checkout, to compare with an earlier commit.
using System.Text.RegularExpressions;

string root = Path.GetFullPath(args.ElementAtOrDefault(1) ?? ".");
if (!Directory.Exists(Path.Combine(root, "src")))
{
    Console.Error.WriteLine($"{root} has no folder src. Start the command at the top of the repository, or name a checkout as second argument.");
    return 2;
}

SourceFile[] files =
[
    .. Tops().Select(top => Path.Combine(root, top)).Where(Directory.Exists)
        .SelectMany(top => Directory.EnumerateFiles(top, "*.cs", SearchOption.AllDirectories))
        .Where(path => !Regex.IsMatch(path, "/(bin|obj|node_modules)/"))
        .Order(StringComparer.Ordinal)
        .Select(path => SourceFile.Read(root, path)),
];

switch (args.FirstOrDefault())
{
    case "circles":
        return Circles();
    case "public":
        return PublicTypes();
    case "sizes":
        return Sizes();
    default:
        Console.Error.WriteLine("Say what to show: circles, public or sizes.");
        return 2;
}

int Circles()
{
    int all = 0;
    foreach (IGrouping<string, SourceFile> project in files.Where(file => file.Top == "src").GroupBy(file => file.Project))
    {
        // A name that two folders declare says nothing about where it leads.
        Dictionary<string, string> homes = project.SelectMany(file => file.Types.Select(type => (type.Name, file.Folder))).Distinct()
            .GroupBy(home => home.Name).Where(name => name.Count() == 1).ToDictionary(name => name.Key, name => name.Single().Folder);
        var edges = new SortedDictionary<(string From, string To), (string File, string Type)>();
        foreach (SourceFile file in project)
        {
            foreach (string word in file.Words.Except(file.Methods).Where(homes.ContainsKey))
            {
                if (homes[word] != file.Folder)
                {
                    edges.TryAdd((file.Folder, homes[word]), (file.Name, word));
                }
            }
        }

        foreach (((string from, string to), (string file, string type)) in edges)
        {
            if (string.CompareOrdinal(from, to) < 0 && edges.TryGetValue((to, from), out (string File, string Type) back))
            {
                all++;
                Console.WriteLine($"{project.Key}: {Shown(from)} and {Shown(to)}: {file} names {type}, {back.File} names {back.Type}");
            }
        }
    }

    Console.WriteLine($"{all} pairs of folders need each other.");
    return 0;
}

int PublicTypes()
{
    var named = files.SelectMany(file => file.Words.Select(word => (word, file.Project))).ToHashSet();
    string[] projects = [.. files.Select(file => file.Project).Distinct()];
    int all = 0;
    foreach (SourceFile file in files.Where(file => file.Top == "src"))
    {
        foreach ((string name, bool isPublic) in file.Types)
        {
            if (isPublic && !projects.Any(other => other != file.Project && named.Contains((name, other))))
            {
                all++;
                Console.WriteLine($"{file.Project}: {name} ({file.Name})");
            }
        }
    }

    Console.WriteLine($"{all} public types are named by no other project.");
    return 0;
}

int Sizes()
{
    Console.WriteLine("| project | files | lines | longest |");
    Console.WriteLine("| --- | ---: | ---: | ---: |");
    foreach (IGrouping<string, SourceFile> project in files.GroupBy(file => $"{file.Top}/{file.Project}"))
    {
        Console.WriteLine($"| {project.Key} | {project.Count()} | {project.Sum(file => file.Lines)} | {project.Max(file => file.Lines)} |");
    }

    Console.WriteLine($"| all | {files.Length} | {files.Sum(file => file.Lines)} | {files.Max(file => file.Lines)} |");
    return 0;
}

static string[] Tops() => ["src", "tests", "tools", "benchmarks"];

static string Shown(string folder) => folder.Length == 0 ? "(root)" : folder;

/// <param name="Top">src, tests, tools or benchmarks.</param>
/// <param name="Project">The folder below it.</param>
/// <param name="Folder">The folder in the project; empty: its root.</param>
/// <param name="Name">With its folders, from the project on.</param>
/// <param name="Types">Declared at the top of the file.</param>
/// <param name="Words">Names in its code.</param>
/// <param name="Methods">Those that it declares.</param>
/// <param name="Lines">How many.</param>
internal sealed partial record SourceFile(
    string Top, string Project, string Folder, string Name, (string Name, bool IsPublic)[] Types, HashSet<string> Words, HashSet<string> Methods, int Lines)
{
    public static SourceFile Read(string root, string path)
    {
        string[] parts = Path.GetRelativePath(root, path).Split(Path.DirectorySeparatorChar);
        string text = File.ReadAllText(path);
        string code = Literals().Replace(Comments().Replace(text, ""), "\"\"");
        return new SourceFile(
            parts[0],
            parts[1],
            parts.Length > 3 ? string.Join('/', parts[2..^1]) : "",
            string.Join('/', parts[2..]),
            [.. Declarations().Matches(code).Select(m => (m.Groups["name"].Value, m.Groups["access"].Value == "public"))],
            [.. Names().Matches(code).Select(m => m.Value)],
            [.. OwnMethods().Matches(code).Select(m => m.Value)],
            text.Count(letter => letter == '\n'));
    }

    [GeneratedRegex(@"^(?<access>public|internal)(\s+(static|sealed|abstract|partial|readonly|ref|unsafe))*\s+(record\s+struct|record|class|struct|interface|enum|delegate\s+\S+)\s+(?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex Declarations();

    [GeneratedRegex(@"//[^\n]*|/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comments();

    [GeneratedRegex(@"(?<!\$)""([^""\\\n]|\\.)*""")]
    private static partial Regex Literals();

    // A file's own methods may be called like types, as those of RunPaths are.
    [GeneratedRegex(@"(?<=\b(?:public|private|internal|protected|static|async|override)\s[^;{}=()]*\s)[A-Z]\w*(?=\s*(?:<[\w, ]+>)?\()")]
    private static partial Regex OwnMethods();

    // Not members, named arguments and properties that are set, which may be called like a type.
    [GeneratedRegex(@"(?<![\w.])[A-Z]\w*\b(?!\s*(?:=[^=>]|:[^:]))")]
    private static partial Regex Names();
}
