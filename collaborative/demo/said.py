"""What the demo's members ask, answer and note. Own words about what the papers say."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Said:
    """About one session of a group, counted from one. What needs an answer or a reading of it stays empty before it."""

    session: int
    question: str
    answer: str = ""
    strength: str = ""
    limitation: str = ""


SAID: dict[str, tuple[Said, ...]] = {
    "machines-that-see": (
        Said(
            session=1,
            question="Why are there two streams in the drawing of the network?",
            answer=(
                "It did not fit into the memory of one card, so it was split over two that talk in some layers only."
            ),
            strength="Rectifiers, dropout and augmentation are each taken away in turn, so one sees what they bring.",
            limitation="The split over two cards shaped the architecture, and it is hard to say what it cost.",
        ),
        Said(
            session=8,
            question="Why does it find small birds in a flock so badly?",
            answer=(
                "Each cell of the grid predicts few boxes and one class, so what is small and close together is lost."
            ),
            strength="The whole picture is seen at once, and it mistakes background for an object less often.",
            limitation="Boxes are less exact than those of methods that propose regions first.",
        ),
    ),
    "deep-learning-from-its-papers": (
        Said(
            session=1,
            question="Why does the scale depend on the widths of both layers?",
            answer=(
                "The weights are applied once forwards and once backwards. The proposed scale is a middle of the two."
            ),
            strength=(
                "It looks at activations and gradients of each layer during training, not at the last error alone."
            ),
            limitation="The derivation takes the units as linear, so rectifiers are not covered by it.",
        ),
        Said(
            session=2,
            question="If half of the units are zero, do some of them never learn again?",
            answer=(
                "They can: a unit that is negative for every example gets no gradient. Here it did not seem to hurt."
            ),
            strength="With enough labels, rectifiers do as well without unsupervised pre-training.",
            limitation="There is a penalty on the activations too, so one cannot see what rectifiers do alone.",
        ),
        Said(
            session=3,
            question="Why does a grid waste trials when only a few settings matter?",
            answer="Each value that matters is tried again for every value that does not. Random trials are all new.",
            strength="Nine points on a grid beside nine random ones: the figure explains it at a glance.",
            limitation="Later trials learn nothing from earlier ones.",
        ),
        Said(
            session=4,
            question="What does Nesterov's momentum do that the classical one does not?",
            answer="It takes the gradient after the step along the velocity, so a bad velocity is corrected sooner.",
            strength="A careful start and plain momentum come close to second-order methods that cost far more.",
            limitation="The schedule of the momentum is made by hand.",
        ),
        Said(
            session=5,
            question="Why are the weights scaled at test time?",
            answer="So that a unit expects the same input as in training. Many libraries scale in training instead.",
            strength="Tried on pictures, speech and text alike.",
            limitation="Training takes two to three times as long, as the authors say themselves.",
        ),
        Said(
            session=6,
            question="What would happen without the correction of the bias?",
            answer=(
                "Both averages start at zero and are too small at first. Dividing by one minus beta to the t mends it."
            ),
            strength="Few settings, and the default ones often work.",
            limitation="The proof of convergence has a gap: others later found simple convex cases where it fails.",
        ),
        Said(
            session=7,
            question="What happens with batches of one?",
            answer=(
                "A fully connected layer would give a constant. At test time averages from training are used instead."
            ),
            strength="The same accuracy in fourteen times fewer steps, on a network that others knew.",
            limitation="The examples of a batch depend on each other, and training differs from testing.",
        ),
        Said(
            session=8,
            question="Where does the factor of two in the initialization come from?",
            answer="A rectifier sets half of a symmetric input to zero, which halves the second moment.",
            strength="Thirty layers train from the start where the older scale stalls.",
            limitation="The human error that it is compared with rests on very few people.",
        ),
        Said(session=9, question="The deeper plain network has a higher training error too. So it is not overfitting?"),
        Said(session=10, question="What does a high temperature tell the student that the labels do not?"),
    ),
    "before-attention": (
        Said(
            session=2,
            question="Why does it help to read the source sentence backwards?",
            answer=(
                "Its first words come close to the first words of the translation, so there is a short way to learn."
            ),
            strength="One plain model for sequences of any length, and it is easy to build again.",
            limitation="Everything has to pass through one vector.",
        ),
        Said(
            session=4,
            question="Is the alignment trained on aligned sentences?",
            answer="No. It is a small network inside the model and learns from the translations alone.",
            strength="Long sentences no longer get worse, which was the weakness of the paper before.",
            limitation="Every output word looks at every input word, so the cost grows with both lengths.",
        ),
        Said(
            session=8,
            question="Why can an ordinary output layer not sort numbers?",
            answer="Its classes are fixed. Here the classes are the positions of the input, however long it is.",
            strength="Attention itself is the output, a very small change.",
            limitation="For the travelling salesman, larger problems than those in training soon go wrong.",
        ),
        Said(session=9, question="How many layers does it take until one word sees the whole sentence?"),
    ),
    "from-noise-to-pictures": (
        Said(
            session=1,
            question="Why not take the gradient through the sampling itself?",
            answer=(
                "A sample has no derivative. Written as mean plus scale times noise, the noise is an input like others."
            ),
            strength="One bound, trained with ordinary gradients.",
            limitation="Samples are blurred with the simple likelihoods that are used.",
        ),
        Said(
            session=5,
            question="Why are the weights clipped?",
            answer="To keep the critic Lipschitz. The authors call it a terrible way themselves.",
            strength="The loss says something about the quality of the samples, so one can watch it.",
            limitation="Too small a clip and gradients vanish, too large and training takes very long.",
        ),
        Said(
            session=7,
            question="Why does the network predict the noise and not the picture?",
            answer=(
                "Both say the same, but with the noise the weighted bound becomes a plain squared error "
                "that trains well."
            ),
            strength="The simple loss gives better samples, and the paper says what it gives up in likelihood.",
            limitation="A thousand steps for one sample.",
        ),
        Said(session=9, question="How close must a sample be to a training picture to count as a copy of it?"),
    ),
    "one-book-of-statistics": (
        Said(
            session=1,
            question="Why is the error on the training data too small, even for the right model?",
            answer="The parameters were chosen to make it small on these very points.",
            strength="Every claim comes with a few lines of code.",
            limitation="The exercises need some R, which half of us had to learn first.",
        ),
        Said(
            session=3,
            question="Should the bandwidth shrink as the data grow?",
            answer="Yes, but slowly: bias falls with it and variance rises, and the best rate balances both.",
            strength="Smoothing is introduced as a generalization of means that we know already.",
            limitation="Many dimensions come late, and that is where we got stuck.",
        ),
    ),
    "how-much-is-enough": (
        Said(
            session=3,
            question="If emergence depends on the metric, is nothing emerging at all?",
            answer=(
                "The claim is smaller: sharp jumps come from sharp metrics. A smooth one on the same outputs is smooth."
            ),
            strength="The authors make abilities emerge in vision models, just by choosing the metric.",
            limitation="What users need can be sharp too: half of a correct answer may be worth nothing.",
        ),
        Said(
            session=6,
            question="Where did they get the data from, if it was never published?",
            answer="They read the points off a figure of the original paper.",
            strength="A small, complete check of a number that many plans rest on.",
            limitation="Points read off a figure carry errors of their own.",
        ),
    ),
    "inside-the-model": (
        Said(
            session=1,
            question="What are the attractors?",
            answer="Nouns of the other number between the subject and its verb. With more of them the errors rise.",
            strength="A test that word counts alone do not pass.",
            limitation="English only, where few verb forms show their number.",
        ),
        Said(
            session=2,
            question="The probe is accurate. Who has learned it, the model or the probe?",
            answer=(
                "That is what selectivity asks: accuracy on the task, minus accuracy on random labels for word types."
            ),
            strength="Control tasks cost nothing and can be added to any probing paper.",
            limitation="Random labels for word types do not say much about tasks that depend on context.",
        ),
        Said(
            session=7,
            question="Can an explanation be plausible and yet wrong about the model?",
            answer=(
                "Yes, and that is the point: people judge plausibility, and it should not be used to show faithfulness."
            ),
            strength="It lists the assumptions that other papers make without saying so.",
            limitation="It proposes degrees of faithfulness and leaves open how to measure them.",
        ),
        Said(session=9, question="Which saliency method agrees best with the agreement of subject and verb?"),
    ),
    "guarantees-and-doubts": (
        Said(
            session=1,
            question="Why is one over alpha enough as a threshold?",
            answer="The split ratio has expectation at most one under the null, and Markov's inequality does the rest.",
            strength="No regularity is asked for, so it works for mixtures.",
            limitation="It is conservative, and the split costs power.",
        ),
        Said(
            session=6,
            question="What is lost when one picks the best of many conformal sets?",
            answer=(
                "Coverage, since the choice looked at the same data. The paper says how much, and how to buy it back."
            ),
            strength="Half of the talk was a simulation that we could break by hand.",
            limitation="The price in coverage can be high for small calibration sets.",
        ),
    ),
    "first-presentations": (
        Said(
            session=4,
            question="Is it the mask or the first weights that make a winning ticket?",
            answer="Both, in this paper: the same mask with new random weights trains worse.",
            strength="The experiment is simple enough to repeat on one evening.",
            limitation="Iterative pruning trains the network many times, and large networks need a warm-up.",
        ),
        Said(
            session=8,
            question="Why may one average the weights of different clients at all?",
            answer="They start each round from the same weights. From different ones the average would be bad.",
            strength="Far fewer rounds of communication than with plain gradients.",
            limitation="Clients with very different data drift apart, which later papers take up.",
        ),
    ),
    "acting-and-learning": (
        Said(
            session=1,
            question="Why is experience replayed in a random order?",
            answer="Steps that follow each other are alike. Mixed with old ones, the gradients are less correlated.",
            strength="The same network and settings for all the games.",
            limitation="Seven games, and some of them are still far below people.",
        ),
        Said(
            session=2,
            question="What is the second network for?",
            answer="It gives the targets and is renewed only every so many steps, so that they do not run away.",
            strength="Forty-nine games with one set of settings.",
            limitation="Games that need long plans stay near zero, such as Montezuma's Revenge.",
        ),
        Said(
            session=3,
            question="Where does the overestimation come from?",
            answer="The maximum of noisy estimates is too large on average. One network picks, the other one judges.",
            strength="Hardly any new code: both networks were there already.",
            limitation="The two networks are not independent, so some of it stays.",
        ),
        Said(
            session=4,
            question="Why is noise added to the actions?",
            answer="The policy is deterministic, so without noise it would never try anything else.",
            strength="Actions are continuous, and one algorithm solves more than twenty tasks.",
            limitation="It needs many steps, and we found it touchy about settings.",
        ),
        Said(session=5, question="What does the trust region measure: a distance of weights, or of policies?"),
    ),
    "languages-left-out": (
        Said(
            session=2,
            question="Which pairs of languages are in it?",
            answer="English with Hindi, and English with Spanish.",
            strength="Several tasks for the same pairs, so that one model can be looked at from many sides.",
            limitation="Two pairs, both with English.",
        ),
        Said(
            session=4,
            question="If no words are shared, what is transferred?",
            answer="The layers above the embeddings: only new embeddings are trained for the second language.",
            strength="It takes a popular explanation, the shared vocabulary, and shows that it is not needed.",
            limitation="The second language still needs a good amount of plain text.",
        ),
        Said(
            session=6,
            question="Who checks the transcripts that the model proposes?",
            answer="Speakers and linguists who know the language; the model saves them time and replaces nobody.",
            strength="The data are there for others to use.",
            limitation="One language, with more recordings than most endangered ones have.",
        ),
    ),
    "testing-language-technology": (
        Said(
            session=1,
            question="How does it differ from a larger test set?",
            answer="Each test names one ability and what should happen, like a unit test; no single number comes out.",
            strength="Commercial systems that were thought to be good fail simple tests.",
            limitation="Somebody has to think of the tests, and English templates travel badly.",
        ),
        Said(
            session=3,
            question="How many of the labels were wrong?",
            answer="Of the hardest examples that were checked again, more than half had to be corrected.",
            strength="It checks what everybody had measured with.",
            limitation="The easy part was not checked, where errors would be harder to see.",
        ),
    ),
    "words-and-fairness": (
        Said(
            session=1,
            question="How much data does a claim of bias need?",
            answer=(
                "More than most sets have: with small true differences, the bounds ask for many thousands of examples."
            ),
            strength="Error bars for a field that seldom draws any.",
            limitation="The bounds are safe rather than tight.",
        ),
        Said(
            session=3,
            question="Does context change how people label a comment?",
            answer="For a small share of comments, yes, in both directions. It did not help the classifiers, though.",
            strength="The question is simple and the negative result is reported in full.",
            limitation="Context is one comment and a title, which is little.",
        ),
    ),
    "a-first-course": (
        Said(
            session=5,
            question="What would ten layers without an activation between them do?",
            answer="The same as one: a product of matrices is a matrix.",
            strength="Every figure can be run and changed.",
            limitation="The exercises have no solutions, so we wrote some together.",
        ),
        Said(
            session=8,
            question="Why are the gradients clipped?",
            answer="Through many steps they can grow without bound, and one large step undoes a day of training.",
            strength="The model is built from nothing before the library is used.",
            limitation="The data set is one novel, which is soon learned by heart.",
        ),
    ),
}
