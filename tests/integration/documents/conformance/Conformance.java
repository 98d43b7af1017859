// Says of each PDF named whether it is PDF/A-3a and PDF/UA-1, by veraPDF's own engine and profiles.
// One line a file and profile, « name<TAB>profile<TAB>pass|FAIL », then one indented line for each rule broken.

import java.io.FileInputStream;
import java.io.InputStream;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.VeraPDFFoundry;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;
import org.verapdf.pdfa.validation.profiles.Profiles;
import org.verapdf.pdfa.validation.profiles.ValidationProfile;

public class Conformance {
    private static final String[][] PROFILES = {{"3a", "PDFA-3A"}, {"ua1", "PDFUA-1"}};

    public static void main(String[] files) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        VeraPDFFoundry foundry = Foundries.defaultInstance();
        for (String file : files) {
            for (String[] profile : PROFILES) {
                check(foundry, file, profile[0], profile[1]);
            }
        }
    }

    private static void check(VeraPDFFoundry foundry, String file, String name, String resource) throws Exception {
        // By its resource: looked up by its flavour, a profile that is missing is silently an empty one.
        InputStream rules = VeraPDFFoundry.class.getResourceAsStream("/org/verapdf/pdfa/validation/" + resource + ".xml");
        ValidationProfile profile = Profiles.profileFromXml(rules);
        try (FileInputStream content = new FileInputStream(file);
             PDFAParser parser = foundry.createParser(content, PDFAFlavour.fromString(name));
             PDFAValidator validator = foundry.createValidator(profile, 100, false, false, false)) {
            ValidationResult result = validator.validate(parser);
            System.out.println(file + "\t" + name + "\t" + (result.isCompliant() ? "pass" : "FAIL"));
            for (TestAssertion assertion : result.getTestAssertions()) {
                if (assertion.getStatus() == TestAssertion.Status.FAILED) {
                    System.out.println("  " + assertion.getRuleId().getClause() + " "
                            + assertion.getMessage() + " @ " + assertion.getLocation().getContext());
                }
            }
        }
    }
}
