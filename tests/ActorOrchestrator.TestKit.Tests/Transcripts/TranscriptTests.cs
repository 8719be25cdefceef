using ActorOrchestrator.TestKit.Transcripts;

namespace ActorOrchestrator.TestKit.Tests.Transcripts;

/// <summary>Every file of this folder is a test: what its commands print is what it says. With
/// ACTOR_ORCHESTRATOR_REWRITE=1 the files are written anew instead, to be read before they are committed.</summary>
public sealed class TranscriptTests
{
    private const string RewriteVariable = "ACTOR_ORCHESTRATOR_REWRITE";
    private const int LinesMax = 200;

    private static readonly string Folder = SourceFolder.Find("Transcripts");

    public static TheoryData<string> Files =>
        [.. Directory.EnumerateFiles(Folder, "*.txt").Select(path => Path.GetFileName(path)).Order()];

    [Theory]
    [MemberData(nameof(Files))]
    public void The_cluster_tells_the_story_of_the_file(string file)
    {
        var path = Path.Combine(Folder, file);
        var expected = File.ReadAllText(path);
        var told = Transcript.Run(expected);
        if (Environment.GetEnvironmentVariable(RewriteVariable) == "1")
        {
            File.WriteAllText(path, told);
        }
        else if (told != expected)
        {
            Assert.Fail($"{file} tells another story (set {RewriteVariable}=1 to keep it):\n"
                + LineDifference.Of(expected, told));
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_story_is_short_enough_to_be_read(string file) =>
        Assert.InRange(File.ReadAllLines(Path.Combine(Folder, file)).Length, 1, LinesMax);

    [Fact]
    public void The_same_file_gives_the_same_story_twice()
    {
        const string file = """
            # seed 3
            $ world story on
            $ world nodes 2
            $ kubectl create deployment web --image=app:v1 --replicas=3
            $ world until pods ready 3 app=web
            $ kubectl get pods -o wide
            """;
        Assert.Equal(Transcript.Run(file), Transcript.Run(file));
    }
}
