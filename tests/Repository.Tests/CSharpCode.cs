using System.Collections.Concurrent;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ActorOrchestrator.Repository.Tests;

/// <summary>A file as the compiler reads it: code without comments, and what stands inside of literals.</summary>
internal sealed class CSharpCode(string text)
{
    private static readonly CSharpParseOptions Options = new(LanguageVersion.CSharp14);
    private static readonly ConcurrentDictionary<string, CSharpCode> Files = new();

    private static readonly string[] Dotnets =
    [
        nameof(IOException), nameof(System.Net.Sockets.SocketException), nameof(HttpRequestException),
        nameof(OperationCanceledException), nameof(TimeoutException), nameof(UnauthorizedAccessException),
        "NpgsqlException",
    ];

    private readonly CompilationUnitSyntax _root = CSharpSyntaxTree.ParseText(text, Options).GetCompilationUnitRoot();

    /// <param name="path">Relative to the repository's root.</param>
    public static CSharpCode Of(string path) => Files.GetOrAdd(path, static path => new(RepositoryFiles.Read(path)));

    /// <summary>Identifiers and keywords, in order; also those in the holes of interpolated strings.</summary>
    public IEnumerable<string> Words =>
        _root.DescendantTokens()
            .Where(token => token.IsKind(SyntaxKind.IdentifierToken)
                || token.IsKeyword() || token.IsContextualKeyword())
            .Select(token => token.ValueText);

    /// <summary>
    /// The code on one line, with the least white space: a call is found however it is wrapped. Literals are empty.
    /// </summary>
    public string Flat
    {
        get
        {
            var flat = new StringBuilder();
            foreach (var token in _root.DescendantTokens())
            {
                if (flat.Length > 0 && IsWord(flat[^1]) && IsWord(TextOf(token).FirstOrDefault()))
                {
                    flat.Append(' ');
                }

                flat.Append(TextOf(token));
            }
            return flat.ToString();
        }
    }

    /// <summary>Where the message of an exception is told as it is, in a clause that catches those of .NET's network
    /// and files.</summary>
    public IEnumerable<int> LinesThatTellDotnets =>
        from clause in _root.DescendantNodes().OfType<CatchClauseSyntax>()
        let caught = clause.Declaration?.Identifier.ValueText
        where caught is { Length: > 0 } && $"{clause.Declaration} {clause.Filter}" is var said
            && Dotnets.Any(name => said.Contains(name, StringComparison.Ordinal))
        from told in clause.Block.DescendantNodes().OfType<MemberAccessExpressionSyntax>()
        where told.ToString() == $"{caught}.Message" || told.ToString() == $"{caught}.GetBaseException().Message"
        select told.GetLocation().GetLineSpan().StartLinePosition.Line + 1;

    /// <summary>Names of classes, records, structs, interfaces, enums and delegates.</summary>
    public IEnumerable<string> DeclaredTypes =>
        _root.DescendantNodes().Select(node => node switch
        {
            BaseTypeDeclarationSyntax type => type.Identifier.ValueText,
            DelegateDeclarationSyntax type => type.Identifier.ValueText,
            _ => null,
        }).OfType<string>();

    /// <summary>Namespaces that the file imports, and what it names by its full name.</summary>
    public IEnumerable<string> NamesOf(string rootNamespace) =>
        _root.DescendantNodes()
            .OfType<QualifiedNameSyntax>()
            .Where(name => name.Parent is not QualifiedNameSyntax and not BaseNamespaceDeclarationSyntax)
            .Select(name => name.ToString())
            .Where(name => name.StartsWith(rootNamespace + ".", StringComparison.Ordinal));

    /// <summary>
    /// Methods, constructors, operators, properties, indexers and events with a body, and top-level statements.
    /// Attributes are not counted.
    /// </summary>
    public IEnumerable<MethodLength> Methods
    {
        get
        {
            var statements = _root.Members.OfType<GlobalStatementSyntax>().ToList();
            if (statements.Count > 0)
            {
                yield return Length("(top level)", statements[0].GetFirstToken(), statements[^1].GetLastToken());
            }

            foreach (var member in _root.DescendantNodes().OfType<MemberDeclarationSyntax>())
            {
                if (NameOf(member) is not { } name)
                {
                    continue;
                }

                var first = member.AttributeLists is [.., var last]
                    ? last.GetLastToken().GetNextToken()
                    : member.GetFirstToken();
                yield return Length(name, first, member.GetLastToken());
            }
        }
    }

    private static string? NameOf(MemberDeclarationSyntax member) => member switch
    {
        MethodDeclarationSyntax method => method.Identifier.ValueText,
        BaseMethodDeclarationSyntax other => other.Kind().ToString(),
        PropertyDeclarationSyntax property => property.Identifier.ValueText,
        BasePropertyDeclarationSyntax other => other.Kind().ToString(),
        _ => null,
    };

    private static MethodLength Length(string name, SyntaxToken first, SyntaxToken last)
    {
        var from = first.GetLocation().GetLineSpan().StartLinePosition.Line;
        var to = last.GetLocation().GetLineSpan().EndLinePosition.Line;
        return new(name, from + 1, to - from + 1);
    }

    private static string TextOf(SyntaxToken token) => token.Kind() switch
    {
        SyntaxKind.InterpolatedStringTextToken => "",
        SyntaxKind.CharacterLiteralToken => "''",
        SyntaxKind.StringLiteralToken or SyntaxKind.Utf8StringLiteralToken
            or SyntaxKind.SingleLineRawStringLiteralToken or SyntaxKind.MultiLineRawStringLiteralToken
            or SyntaxKind.Utf8SingleLineRawStringLiteralToken
            or SyntaxKind.Utf8MultiLineRawStringLiteralToken => "\"\"",
        _ => token.Text,
    };

    private static bool IsWord(char letter) => char.IsLetterOrDigit(letter) || letter == '_';
}

internal sealed record MethodLength(string Name, int FirstLine, int Lines);
