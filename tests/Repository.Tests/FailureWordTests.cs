namespace ActorOrchestrator.Repository.Tests;

/// <summary>.NET's own words for failures of the network and of files name what a program did: users are told by
/// FailureWords.</summary>
public sealed class FailureWordTests
{
    [Fact]
    public void What_dotnet_says_is_put_into_words() => Rule.Holds(
        "what the network and files throw is told by FailureWords.Of",
        from path in RepositoryFiles.CSharp("src")
        where !path.StartsWith("src/ActorOrchestrator.Simulator/", StringComparison.Ordinal)
        from line in CSharpCode.Of(path).LinesThatTellDotnets
        select $"{path}:{line}");

    [Theory]
    [InlineData("catch (IOException failure) { Log(failure.Message); }", 1)]
    [InlineData("catch (Exception e) when (e is A or SocketException) { Log(e.GetBaseException().Message); }", 1)]
    [InlineData("catch (IOException failure) { Log(FailureWords.Of(failure), other.Message); }", 0)]
    [InlineData("catch (JournalException failure) { Log(failure.Message); }", 0)]
    public void Such_lines_are_found(string clause, int found) => Assert.Equal(
        found, new CSharpCode($"class C {{ void M() {{ try {{ }} {clause} }} }}").LinesThatTellDotnets.Count());
}
