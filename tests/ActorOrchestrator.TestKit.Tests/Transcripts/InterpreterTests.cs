using ActorOrchestrator.TestKit.Transcripts;

namespace ActorOrchestrator.TestKit.Tests.Transcripts;

/// <summary>The form of transcripts, and what the commands say when they are written wrongly.</summary>
public sealed class InterpreterTests
{
    [Fact]
    public void Comments_documents_and_blank_lines_stay_where_they_are()
    {
        const string file = """
            # seed 5
            # About.

            $ kubectl create -f - <<EOF
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: settings}
            EOF
            configmap/settings created

            # Then.
            $ kubectl get configmap settings -o jsonpath={.metadata.name}
            settings
            # The end.

            """;
        Assert.Equal(file, Transcript.Run(file));
    }

    [Fact]
    public void What_the_file_says_wrongly_is_replaced()
    {
        var told = Transcript.Run("$ kubectl get pods\nNAME\nweb\n");
        Assert.Equal("$ kubectl get pods\nNo resources found in default namespace.\n", told);
    }

    [Fact]
    public void Other_seeds_give_other_names()
    {
        const string commands = """

            $ world nodes 1
            $ kubectl create deployment web --image=app:v1
            $ world until pods ready 1 app=web
            $ kubectl get pods -o name
            """;
        Assert.NotEqual(Transcript.Run($"# seed 1{commands}")[8..], Transcript.Run($"# seed 2{commands}")[8..]);
    }

    [Theory]
    [InlineData(
        "world until pods ready 1 app=web within 2s",
        "waits for pods ready 1 app=web: not within 2s; it is no pods")]
    [InlineData("world wait long", "\"long\" is no time such as 250ms, 30s, 5m or 1h")]
    [InlineData("world log fails often", "\"often\" is no share such as 50%")]
    [InlineData("world power off node-9", "there is no machine node-9; there are ")]
    [InlineData("world sing", "there is no \"world sing\"")]
    [InlineData("ls", "ls: no such command; there are kubectl and world")]
    [InlineData("kubectl get pods --frob", "error: unknown flag: --frob")]
    [InlineData("kubectl delete pod $(pod app=web)", "there are 0 such Pods, and no number 1")]
    [InlineData("kubectl get pods -A", "No resources found")]
    public void A_command_that_cannot_be_carried_out_says_so(string command, string said) =>
        Assert.Equal($"$ {command}\n{said.TrimEnd()}\n", Transcript.Run($"$ {command}\n"));

    [Fact]
    public void A_document_that_is_not_closed_is_no_transcript() =>
        Assert.Throws<FormatException>(() => Transcript.Run("$ kubectl apply -f - <<EOF\nkind: Pod\n"));

    [Fact]
    public void Differences_show_the_lines_around() => Assert.Equal(
        "  b\n  c\n- d\n+ x\n  e\n  f", LineDifference.Of("a\nb\nc\nd\ne\nf\ng", "a\nb\nc\nx\ne\nf\ng"));
}
