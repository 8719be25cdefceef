using System.Text;

namespace ActorOrchestrator.Host.Hocon;

/// <summary>
/// Reads the subset of HOCON that our settings use: <c>#</c> and <c>//</c> comments, nested objects, dotted keys,
/// <c>=</c> and <c>:</c>, quoted and unquoted text, lists, <c>include "file"</c>, <c>${path}</c> and <c>${?path}</c>.
/// Later values win and objects merge. Everything else of HOCON (concatenation, <c>+=</c>, triple quotes) is an error.
/// </summary>
internal sealed class HoconParser
{
    private const int DepthMax = 32;

    private readonly string _text;
    private readonly string _file;
    private readonly Func<string, HoconValue.Object> _include;
    private int _position;
    private int _line = 1;
    private int _depth;

    private HoconParser(string text, string file, Func<string, HoconValue.Object> include)
    {
        _text = text;
        _file = file;
        _include = include;
    }

    /// <param name="text">The file's text.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="include">Reads an included file by the name that was written.</param>
    /// <exception cref="SettingsException">With file and line.</exception>
    public static HoconValue.Object Parse(string text, string file, Func<string, HoconValue.Object> include)
    {
        var parser = new HoconParser(text, file, include);
        parser.SkipBlank();
        var root = parser.Peek() == '{' ? parser.ReadObject() : parser.ReadMembers(closing: null);
        parser.SkipBlank();
        return parser._position == text.Length
            ? root
            : throw parser.Error($"'{parser.Peek()}' after the end of the settings");
    }

    private HoconValue.Object ReadObject()
    {
        if (++_depth > DepthMax)
        {
            throw Error($"objects are nested deeper than {DepthMax}");
        }

        Advance();
        var value = ReadMembers('}');
        Advance();
        _depth--;
        return value;
    }

    private HoconValue.Object ReadMembers(char? closing)
    {
        var result = HoconValue.Object.Empty(Origin);
        while (true)
        {
            SkipBlank(commas: true);
            if (_position == _text.Length)
            {
                return closing is null ? result : throw Error($"'{closing}' is missing");
            }

            if (Peek() == closing)
            {
                return result;
            }

            ReadMember(result);
        }
    }

    private void ReadMember(HoconValue.Object into)
    {
        var path = ReadPath();
        SkipSpaces();
        if (path is ["include"] && Peek() == '"')
        {
            into.Merge(_include(ReadQuoted()));
            return;
        }

        if (Peek() is '=' or ':')
        {
            Advance();
            SkipSpaces();
        }
        else if (Peek() != '{')
        {
            throw Error($"'=', ':' or '{{' expected after {string.Join('.', path)}");
        }

        into.Set(path, ReadValue());
        SkipSpaces();
        if (Peek() is not ('\n' or ',' or '}' or '#' or '/' or '\0'))
        {
            throw Error($"'{Peek()}' after the value of {string.Join('.', path)}: quote the text, or begin a new line");
        }
    }

    private HoconValue ReadValue() => Peek() switch
    {
        '{' => ReadObject(),
        '[' => ReadList(),
        '"' => new HoconValue.Text(ReadQuoted(), Origin),
        '$' => ReadReference(),
        _ => new HoconValue.Text(ReadUnquoted(), Origin),
    };

    private HoconValue.List ReadList()
    {
        var origin = Origin;
        var items = new List<HoconValue>();
        Advance();
        while (true)
        {
            SkipBlank(commas: true);
            if (Peek() == ']')
            {
                Advance();
                return new HoconValue.List(items, origin);
            }

            if (_position == _text.Length)
            {
                throw Error("']' is missing");
            }

            items.Add(ReadValue());
        }
    }

    private HoconValue.Reference ReadReference()
    {
        var end = _text.IndexOf('}', _position);
        if (_position + 1 >= _text.Length || _text[_position + 1] != '{' || end < 0)
        {
            throw Error("a reference reads ${path} or ${?path}");
        }

        var inner = _text[(_position + 2)..end];
        var optional = inner.StartsWith('?');
        _position = end + 1;
        return new HoconValue.Reference(optional ? inner[1..] : inner, optional, Origin);
    }

    private List<string> ReadPath()
    {
        var path = new List<string>();
        do
        {
            if (path.Count > 0)
            {
                Advance();
            }

            path.Add(Peek() == '"' ? ReadQuoted() : ReadKey());
        }
        while (Peek() == '.');
        return path;
    }

    private string ReadKey()
    {
        var start = _position;
        while (char.IsAsciiLetterOrDigit(Peek()) || Peek() is '-' or '_')
        {
            _position++;
        }

        return _position > start ? _text[start.._position] : throw Error($"a key expected, not '{Peek()}'");
    }

    private string ReadUnquoted()
    {
        var start = _position;
        while (_position < _text.Length && Peek() is not ('\n' or ',' or '}' or ']' or '#')
            && !(Peek() == '/' && _position + 1 < _text.Length && _text[_position + 1] == '/'))
        {
            if (Peek() is '"' or '{' or '[' or '$')
            {
                throw Error($"'{Peek()}' inside a value: quote the whole text");
            }

            _position++;
        }

        var value = _text[start.._position].Trim();
        return value.Length > 0 ? value : throw Error("a value expected");
    }

    private string ReadQuoted()
    {
        var value = new StringBuilder();
        for (_position++; Peek() != '"'; _position++)
        {
            if (Peek() is '\n' or '\0')
            {
                throw Error("the closing '\"' is missing");
            }

            if (Peek() != '\\')
            {
                value.Append(Peek());
                continue;
            }

            _position++;
            value.Append(Peek() switch
            {
                'n' => '\n',
                't' => '\t',
                '"' => '"',
                '\\' => '\\',
                var other => throw Error($"unknown escape \\{other}"),
            });
        }

        _position++;
        return value.ToString();
    }

    private void SkipBlank(bool commas = false)
    {
        while (_position < _text.Length)
        {
            var isComment = Peek() == '#' || _text.AsSpan(_position).StartsWith("//");
            if (isComment)
            {
                var end = _text.IndexOf('\n', _position);
                _position = end < 0 ? _text.Length : end;
            }
            else if (char.IsWhiteSpace(Peek()) || (commas && Peek() == ','))
            {
                Advance();
            }
            else
            {
                return;
            }
        }
    }

    private void SkipSpaces()
    {
        while (Peek() is ' ' or '\t' or '\r')
        {
            _position++;
        }
    }

    private char Peek() => _position < _text.Length ? _text[_position] : '\0';

    private void Advance()
    {
        if (Peek() == '\n')
        {
            _line++;
        }

        _position++;
    }

    private string Origin => $"{_file}:{_line}";

    private SettingsException Error(string message) => new($"{Origin}: {message}");
}
