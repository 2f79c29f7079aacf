using System.Globalization;
using System.Reflection;

namespace FineTuneFlow.Encoders.Tokenization;

/// <summary>What BERT's normaliser does with each code point, as Hugging Face's own library does it. A table of our own, because
/// .NET's normalisation does nothing where globalization is invariant, and because the library's Unicode version is older than
/// .NET's. Made by benchmarks/encoder/TokenizerReference.</summary>
internal sealed class CharacterTables
{
    private const string Resource = "character-tables.txt";
    private static readonly Lazy<CharacterTables> Shared = new(Read);

    private readonly CharacterTraits[] _traits = new CharacterTraits[0x110000];
    private readonly Dictionary<int, string> _stripped = [];
    private readonly Dictionary<int, string> _lowered = [];

    private CharacterTables()
    {
    }

    public static CharacterTables Instance => Shared.Value;

    /// <summary>Traits of a code point (0 to 10FFFF).</summary>
    public CharacterTraits this[int codePoint] => _traits[codePoint];

    /// <summary>Decomposed canonically and without its combining marks; asked only for <see cref="CharacterTraits.Stripped"/>.</summary>
    public string Strip(int codePoint) => codePoint is >= Hangul.First and <= Hangul.Last ? Hangul.Decompose(codePoint) : _stripped[codePoint];

    /// <summary>In lower case; asked only for <see cref="CharacterTraits.Lowered"/>.</summary>
    public string Lower(int codePoint) => _lowered[codePoint];

    private static CharacterTables Read()
    {
        var tables = new CharacterTables();
        Array.Fill(tables._traits, CharacterTraits.Stripped, Hangul.First, Hangul.Last - Hangul.First + 1);
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Resource)!;
        using var reader = new StreamReader(stream);
        CharacterTraits section = CharacterTraits.None;
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
            {
                continue;
            }

            if (char.IsAsciiLetterLower(line[0]))
            {
                section = Enum.Parse<CharacterTraits>(line, ignoreCase: true);
            }
            else
            {
                tables.Add(section, line);
            }
        }

        return tables;
    }

    private void Add(CharacterTraits section, string line)
    {
        if (section is CharacterTraits.Stripped or CharacterTraits.Lowered)
        {
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            int from = Hex(line.AsSpan(0, equals));
            string to = string.Concat(line[(equals + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(point => char.ConvertFromUtf32(Hex(point))));
            (section == CharacterTraits.Stripped ? _stripped : _lowered)[from] = to;
            _traits[from] |= section;
            return;
        }

        int dash = line.IndexOf('-', StringComparison.Ordinal);
        int first = Hex(dash < 0 ? line : line.AsSpan(0, dash));
        int last = dash < 0 ? first : Hex(line.AsSpan(dash + 1));
        for (int point = first; point <= last; point++)
        {
            _traits[point] |= section;
        }
    }

    private static int Hex(ReadOnlySpan<char> digits) => int.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
