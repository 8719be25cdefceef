namespace ActorOrchestrator.Repository.Tests;

public sealed class CSharpCodeTests
{
    private const string Source = """"
        using ActorOrchestrator.Api.Core;
        namespace ActorOrchestrator.Domain.Pods;
        // Thread in a comment
        /// <see cref="Stopwatch"/>
        internal sealed record R(string A)
        {
            async System.Threading.Tasks.Task M() => await Task
                .Run(() => $"File {Environment.NewLine} {'x'}" + @"Console ""q""" + """ Directory """);
            private delegate void D();
        }
        """";

    [Fact]
    public void Words_are_those_of_the_code_and_of_the_holes_of_strings()
    {
        var words = new CSharpCode(Source).Words.ToHashSet();
        Assert.Subset(words, new HashSet<string> { "async", "await", "Task", "Environment", "NewLine", "record" });
        Assert.DoesNotContain(words, word => word is "Thread" or "Stopwatch" or "File" or "Console" or "Directory");
    }

    [Fact]
    public void A_call_is_found_however_it_is_wrapped() =>
        Assert.Contains("await Task.Run(()=>$\"{Environment.NewLine}{''}\"+\"\"+\"\")", new CSharpCode(Source).Flat);

    [Fact]
    public void Declared_types_and_named_namespaces_are_seen()
    {
        var code = new CSharpCode(Source);
        Assert.Equal(["R", "D"], code.DeclaredTypes);
        Assert.Equal(["ActorOrchestrator.Api.Core"], code.NamesOf("ActorOrchestrator"));
    }
}
