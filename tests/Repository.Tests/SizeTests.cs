namespace ActorOrchestrator.Repository.Tests;

public sealed class SizeTests
{
    private const int ProductFileLinesMax = 400;
    private const int TestFileLinesMax = 600;
    private const int MethodLinesMax = 70;
    private const int LineColumnsMax = 120;

    private static IEnumerable<string> Code =>
        new[] { "src", "tests", "bench" }.SelectMany(RepositoryFiles.CSharp);

    [Fact]
    public void Product_files_have_at_most_400_lines() =>
        Rule.Holds("split by idea", LongerThan(ProductFileLinesMax, RepositoryFiles.CSharp("src")));

    [Fact]
    public void Test_files_have_at_most_600_lines() =>
        Rule.Holds("split by idea",
            LongerThan(TestFileLinesMax, RepositoryFiles.CSharp("tests").Concat(RepositoryFiles.CSharp("bench"))));

    [Fact]
    public void Lines_have_at_most_120_columns() =>
        Rule.Holds("a line fits the screen",
            from path in Code.Concat(RepositoryFiles.In("scripts")).Concat(RepositoryFiles.In(".ci"))
            from line in RepositoryFiles.Lines(path).Index()
            where line.Item.Length > LineColumnsMax
            select $"{path}:{line.Index + 1} has {line.Item.Length} columns");

    [Fact]
    public void Methods_fit_a_screen() =>
        Rule.Holds($"a method has at most {MethodLinesMax} lines",
            from path in Code
            from method in CSharpCode.Of(path).Methods
            where method.Lines > MethodLinesMax
            select $"{path}:{method.FirstLine} {method.Name} has {method.Lines} lines");

    [Fact]
    public void Members_with_a_body_are_measured_without_their_attributes()
    {
        const string source = """"
            namespace N;
            [A(1)]
            public sealed class C(int a) : B
            {
                [A,
                 A]
                private static readonly int[] Table = new[] { 1, 2 };
                public int P { get; init; }
                // a brace in a comment: {
                public string M<T>(T value) where T : class
                {
                    var text = "}" + $"{value} }}" + @"""}" + """ } """;
                    if (value is { } x) { return text; }
                    return '{' + text;
                }
                public int E(int b) => b switch
                {
                    1 => 2,
                    _ => 3,
                };
                private enum Kind { A, B }
            }
            """";
        var methods = new CSharpCode(source).Methods;
        Assert.Equal(
            ["P 8+1", "M 10+6", "E 16+5"],
            methods.Select(method => $"{method.Name} {method.FirstLine}+{method.Lines}"));
    }

    private static IEnumerable<string> LongerThan(int limit, IEnumerable<string> paths) =>
        from path in paths
        let lines = RepositoryFiles.Lines(path).Length
        where lines > limit
        select $"{path} has {lines} lines";
}
