using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Validation;
using ActorOrchestrator.Domain.Deployments;

namespace ActorOrchestrator.Domain.Tests.Deployments;

public sealed class RevisionsTests
{
    [Theory]
    //          had    history  new  revision history
    [InlineData(null,  null,    1,   "1",     null)]
    [InlineData("1",   null,    1,   "1",     null)]
    [InlineData("1",   null,    3,   "3",     "1")]
    [InlineData("3",   "1",     5,   "5",     "1,3")]
    [InlineData("7",   "1",     5,   "7",     "1")]
    [InlineData("9",   null,    10,  "10",    "9")]
    public void A_template_that_is_newest_again_gets_a_new_number_and_remembers_its_old_ones(
        string? had, string? history, long next, string revision, string? remembered)
    {
        var current = ValueMap<string>.Empty;
        current = had is null ? current : current.With(Revisions.Revision, had);
        current = history is null ? current : current.With(Revisions.History, history);

        var annotations = Revisions.Annotate(DeploymentBuilder.Make(1), current, next);

        Assert.Equal(revision, annotations.GetValueOrDefault(Revisions.Revision));
        Assert.Equal(remembered, annotations.GetValueOrDefault(Revisions.History));
    }

    [Fact]
    public void Annotations_of_the_deployment_are_copied_but_for_what_is_its_own()
    {
        var deployment = DeploymentBuilder.Make(1);
        deployment = deployment with
        {
            Metadata = deployment.Metadata with
            {
                Annotations = ValueMap<string>.From(
                [
                    new("kubernetes.io/change-cause", "kubectl set image"),
                    new("kubectl.kubernetes.io/last-applied-configuration", "{}"),
                    new(Revisions.Revision, "4"),
                    new(Revisions.DesiredReplicas, "4"),
                ]),
            },
        };

        var annotations = Revisions.Annotate(deployment, DeploymentBuilder.Label("mine", "kept"), 2);

        Assert.Equal(
            ["deployment.kubernetes.io/revision=2", "kubernetes.io/change-cause=kubectl set image", "mine=kept"],
            annotations.Select(entry => $"{entry.Key}={entry.Value}"));
    }

    /// <summary>An object with more annotations than there may be could not be written again.</summary>
    [Theory]
    //          kibibytes: Deployment, ReplicaSet   copied  numbered
    [InlineData(100,                   0,           true,   true)]
    [InlineData(100,                   100,         true,   true)]
    [InlineData(200,                   100,         false,  true)]
    [InlineData(255,                   0,           false,  true)]
    [InlineData(1,                     256,         false,  false)]
    public void Only_annotations_that_fit_are_set(int ofDeployment, int ofSet, bool isCopied, bool isNumbered)
    {
        var deployment = DeploymentBuilder.Make(1);
        deployment = deployment with
        {
            Metadata = deployment.Metadata with { Annotations = OfKibibytes("theirs", ofDeployment) },
        };
        var current = ofSet == 0 ? ValueMap<string>.Empty : OfKibibytes("mine", ofSet);
        var annotations = Revisions.AnnotateSize(
            Revisions.Annotate(deployment, current, 2), RolloutBounds.Of(deployment.Spec));
        Assert.True(AnnotationSize.Fits(annotations));
        Assert.Equal(isCopied, annotations.ContainsKey("theirs"));
        Assert.Equal(isNumbered, annotations.ContainsKey(Revisions.Revision));
        Assert.Equal(isNumbered, annotations.ContainsKey(Revisions.DesiredReplicas));
        Assert.True(AnnotationSize.Fits(Revisions.Show(current, 2)));
    }

    private static ValueMap<string> OfKibibytes(string key, int kibibytes) =>
        ValueMap<string>.Empty.With(key, new string('x', kibibytes * 1024 - key.Length));

    [Fact]
    public void A_history_that_grows_too_long_forgets_its_oldest_numbers()
    {
        var history = string.Join(',', Enumerable.Range(1000, 400));
        var current = ValueMap<string>.Empty.With(Revisions.Revision, "1400").With(Revisions.History, history);

        var remembered = Revisions.Annotate(DeploymentBuilder.Make(1), current, 1500)[Revisions.History];

        Assert.True(remembered.Length <= 2000, $"{remembered.Length} characters");
        Assert.StartsWith("1001,", remembered);
        Assert.EndsWith(",1399,1400", remembered);
    }

    [Theory]
    [InlineData("1:0 2:0 3:0",     2,    "1")]
    [InlineData("1:0 2:0 3:0",     3,    "")]
    [InlineData("3:0 1:0 2:0",     0,    "1 2 3")]
    [InlineData("1:0 2:1 3:0 4:0", 2,    "1")]
    [InlineData("9:0 10:0",        1,    "9")]
    [InlineData("1:0 2:0 3:0",     null, "")]
    public void Clean_up_deletes_the_lowest_revisions_beyond_the_limit_that_have_no_pods(
        string sets, int? limit, string expected)
    {
        var old = sets.Split(' ').Select(text => text.Split(':')).Select(parts => new ReplicaSet
        {
            Metadata = new ObjectMeta
            {
                Name = parts[0], Generation = 1, Annotations = DeploymentBuilder.Label(Revisions.Revision, parts[0]),
            },
            Spec = new ReplicaSetSpec { Replicas = int.Parse(parts[1]) },
            Status = new ReplicaSetStatus { ObservedGeneration = 1 },
        });

        var deleted = HistoryCleanup.Expired(old, limit).Select(set => set.Metadata.Name);
        Assert.Equal(expected, string.Join(' ', deleted));
    }

    [Fact]
    public void The_hash_is_of_the_template_and_of_the_collisions_counted()
    {
        var one = DeploymentBuilder.Make(1, "v1").Spec.Template;
        var other = DeploymentBuilder.Make(1, "v2").Spec.Template;
        string[] hashes =
        [
            PodTemplateHash.Of(one, null), PodTemplateHash.Of(other, null), PodTemplateHash.Of(one, 0),
            PodTemplateHash.Of(one, 1),
        ];

        Assert.Equal(4, hashes.Distinct().Count());
        Assert.Equal(hashes[0], PodTemplateHash.Of(DeploymentBuilder.Make(3, "v1").Spec.Template, null));
        Assert.All(hashes, hash => Assert.Matches("^[bcdfghjklmnpqrstvwxz2456789]{1,10}$", hash));
    }

    [Fact]
    public void Templates_are_the_same_but_for_the_hash_label()
    {
        var template = DeploymentBuilder.Make(1).Spec.Template;
        var labels = template.Metadata.Labels.With(PodTemplateHash.Label, "abc");
        var labeled = template with { Metadata = template.Metadata with { Labels = labels } };
        var other = template with { Metadata = template.Metadata with { Labels = labels.With("more", "x") } };

        Assert.True(PodTemplateHash.IsSameTemplate(template, labeled));
        Assert.False(PodTemplateHash.IsSameTemplate(template, other));
    }
}
